"""The generator of the sample project. Everything it makes is synthetic and says so."""
