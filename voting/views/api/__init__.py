"""The ballot box over HTTP, for tablets, trustees' devices, witnesses and screens."""
