"""What scrutineers do on their own devices."""

from typing import Final

from voting.views.scrutineer import device

BLUEPRINTS: Final = (device.blueprint,)
