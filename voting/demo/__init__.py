"""The demonstration: made-up data, simulated tablets and scrutineers, and the run of a whole vote."""
