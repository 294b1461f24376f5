"""The pages of the kiosk, each as a function from a scene to shapes and touch targets.  Pure."""
