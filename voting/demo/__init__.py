"""The demonstration: made-up data, simulated tablets and scrutineers, a whole vote."""
