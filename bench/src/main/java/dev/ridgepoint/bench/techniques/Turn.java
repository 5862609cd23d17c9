package dev.ridgepoint.bench.techniques;

/** The same work done in both ways, one after the other. */
record Turn(Pass usual, Pass technique) {
  /** How many times as fast the technique is. */
  double ratio() {
    return usual.seconds() / technique.seconds();
  }
}
