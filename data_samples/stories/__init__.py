"""Stories of the sample: minutes and seconds of what happened, for the scenarios. All of it is invented."""
