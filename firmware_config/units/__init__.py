"""What a real branch PC needs besides the programs: systemd units, udev rules, an account and its folders.

Text from a branch file; nothing here is installed, started or asked of a machine.
"""
