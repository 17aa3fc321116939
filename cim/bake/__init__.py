"""Cities as tiles: what is too large for memory is cut up once, on all cores, into 3D Tiles, COG and GeoParquet."""
