package dev.ridgepoint.peers;

import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Engines;
import java.util.List;

/** Ridgepoint and its peers. */
public final class AllEngines implements Engines {

  /** For the service loader. */
  public AllEngines() {}

  @Override
  public Engine ours() {
    return new Ridgepoint();
  }

  @Override
  public List<Engine> peers() {
    return List.of(new Ejml(), new OpenBlas(), new LlamaCpp(), LlamaBench.engine(), new Jlama());
  }
}
