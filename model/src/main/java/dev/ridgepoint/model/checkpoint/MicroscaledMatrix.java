package dev.ridgepoint.model.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An expert's matrix in MXFP4 as Hugging Face has it (Rouhani et al. 2023, arXiv:2310.10537): a
 * tensor of the blocks' integers, {@code [experts, outputs, blocks of a row, 16]}, and one of their
 * scales, {@code [experts, outputs, blocks of a row]}, in bytes.
 *
 * @param place of the matrix as the checkpoint would have it in another type, transposed
 */
record MicroscaledMatrix(TensorPlace place) {
  private static final int BLOCK = 32;
  private static final int HALF = BLOCK / 2;

  String blocksName() {
    return place.name() + "_blocks";
  }

  String scalesName() {
    return place.name() + "_scales";
  }

  List<Long> blocksShape() {
    return List.of(place.shape().get(0), outputs(), blocksOfRow(), (long) HALF);
  }

  List<Long> scalesShape() {
    return List.of(place.shape().get(0), outputs(), blocksOfRow());
  }

  private long outputs() {
    return place.shape().get(2);
  }

  private long blocksOfRow() {
    return place.shape().get(1) / BLOCK;
  }

  /**
   * A copy as GGUF has it: of each block its scale, and then its integers, in whose byte j those of
   * elements j and j + 16 lie. Hugging Face has neighbours together.
   *
   * @param blocks the file's tensor of that name
   * @param scales likewise
   */
  Tensor of(TensorSpec spec, MemorySegment blocks, MemorySegment scales) {
    int rows = Math.toIntExact(spec.shape().get(0));
    int inputs = Math.toIntExact(spec.shape().get(1));
    Tensor copy = Tensor.allocate(Arena.ofAuto(), DType.MXFP4, rows, inputs);
    long to = 0;
    for (int row = 0; row < rows; row++) {
      long rowInFile = place.part() * outputs() + place.row().applyAsInt(row);
      for (int block = 0; block < blocksOfRow(); block++) {
        long inFile = rowInFile * blocksOfRow() + block;
        copy.segment().set(JAVA_BYTE, to++, scales.get(JAVA_BYTE, inFile));
        for (int j = 0; j < HALF; j++) {
          int low = integer(blocks, inFile * HALF, j);
          int high = integer(blocks, inFile * HALF, j + HALF);
          copy.segment().set(JAVA_BYTE, to++, (byte) ((high << 4) | low));
        }
      }
    }
    return copy;
  }

  private static int integer(MemorySegment blocks, long block, int element) {
    int pair = blocks.get(JAVA_BYTE, block + element / 2);
    return (element % 2 == 0 ? pair : pair >> 4) & 0xF;
  }
}
