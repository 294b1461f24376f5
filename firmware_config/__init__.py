"""What a branch and its devices are, in files people edit: read, checked and explained, never acted upon.

`load.load_branch_file` reads a branch file, `printer_profile.load_printer_profile` a printer's profile.
"""
