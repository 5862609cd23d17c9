package dev.ridgepoint.model.checkpoint;

import java.util.List;

/** A tensor on its way into a file. */
sealed interface FileTensor permits OutputTensor, PackedTensor {
  /** Its name in the file. */
  String name();

  /** Its dimensions, outermost first. */
  List<Long> shape();

  /** Bytes in the file. */
  long byteSize();
}
