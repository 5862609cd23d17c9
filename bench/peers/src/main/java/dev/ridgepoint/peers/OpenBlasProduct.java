package dev.ridgepoint.peers;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** OpenBLAS's, on row-major matrices. */
public class OpenBlasProduct extends ProductBenchmark {
  private FloatPointer x;
  private FloatPointer w;
  private FloatPointer y;

  @Override
  void prepare(float[] left, float[] right) {
    OpenBlasCore.choose();
    openblas_nolapack.blas_set_num_threads(threads);
    x = new FloatPointer(left);
    w = new FloatPointer(right);
    y = new FloatPointer((long) rows * outputs);
  }

  @Override
  void multiply() {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        openblas_nolapack.CblasNoTrans,
        openblas_nolapack.CblasNoTrans,
        rows,
        outputs,
        inputs,
        1,
        x,
        inputs,
        w,
        outputs,
        0,
        y,
        outputs);
  }

  @Override
  float result(int row, int column) {
    return y.get((long) row * outputs + column);
  }
}
