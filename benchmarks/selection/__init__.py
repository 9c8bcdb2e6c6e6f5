"""What `benchmarks.select` judges on, and how: recorded runs, and the time that a fit takes."""
