"""What leaves the house: records, printed forms and tables."""
