package dev.ridgepoint.peers;

import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;

/** EJML's, on row-major matrices. */
public class EjmlProduct extends ProductBenchmark {
  private FMatrixRMaj x;
  private FMatrixRMaj w;
  private FMatrixRMaj y;

  @Override
  void prepare(float[] left, float[] right) {
    EjmlConcurrency.setMaxThreads(threads);
    x = FMatrixRMaj.wrap(rows, inputs, left);
    w = FMatrixRMaj.wrap(inputs, outputs, right);
    y = new FMatrixRMaj(rows, outputs);
  }

  @Override
  void multiply() {
    if (threads == 1) {
      CommonOps_FDRM.mult(x, w, y);
    } else {
      CommonOps_MT_FDRM.mult(x, w, y);
    }
  }

  @Override
  float result(int row, int column) {
    return y.get(row, column);
  }
}
