"""The three administrators' desks: people, the installation and its congresses, the journal."""
