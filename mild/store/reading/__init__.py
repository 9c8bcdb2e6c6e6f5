"""What a run says, read afresh at each call; `mild.store.run.Run` has it all."""
