"""Terrain, imagery, vectors and city models in; payloads out. rasterio, pyogrio, shapely only here."""
