"""The admin as a place: its site, who may enter, its sidebar, lists that never count. Kernel.

What the pages show and do is in the `admin.py` of each app. See docs/MODERATION.md for the people
who use it.
"""
