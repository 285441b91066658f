"""The three administrators' desks: people, the installation and its congresses, the journal."""

from typing import Final

from voting.views.admin import installation, people

BLUEPRINTS: Final = (people.blueprint, installation.blueprint)
