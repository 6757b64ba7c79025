"""Channels: the administrator says where hits may be sent, the group whose hits they are says which, and agrees."""
