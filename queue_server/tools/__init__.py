"""What technicians do to a journal from the command line.  Serving is not here."""
