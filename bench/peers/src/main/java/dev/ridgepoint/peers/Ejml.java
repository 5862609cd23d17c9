package dev.ridgepoint.peers;

import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Identity;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.engine.DType;
import java.nio.file.Path;
import org.ejml.EjmlVersion;

/** EJML: matrices in plain Java. */
final class Ejml implements Engine {

  @Override
  public String name() {
    return "EJML";
  }

  @Override
  public ModelFormat format() {
    return ModelFormat.DRAWN;
  }

  @Override
  public Identity identify(Path model) {
    return new Identity(
        "EJML " + EjmlVersion.VERSION,
        "plain Java, vectorised as far as the JIT compiler does so by itself",
        "");
  }

  @Override
  public boolean has(Workload workload, DType dtype) {
    return workload instanceof Workload.Product && dtype == DType.F32;
  }

  @Override
  public Run run(Workload workload, DType dtype, int threads, Path model) {
    return Parameters.run(EjmlProduct.class, (Workload.Product) workload, threads);
  }
}
