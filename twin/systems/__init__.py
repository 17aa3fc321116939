"""The systems of the city that its action plan names: which there are, what each observes, and why some have no place.

`catalogue.csv` and `items.csv` are data: 148 systems in 27 items of 嘉定区全面推进城市数字化转型行动方案 (2021-2023).
"""
