"""Data for every spatial system of the plan: where its things stand, what they say in the sample's day. All invented."""
