"""`mild.Recorder` inside other people's trainers; each file needs its own package."""
