"""What a run is written with: files of arrays, log, settings; `mild.store.writer` uses it all."""
