package dev.ridgepoint.engine.panels;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * The weights of a linear layer, {@code [outputs][inputs]}, packed once at load in the one layout
 * that every product reads: panels of {@link Blocking#PANEL} outputs, each {@code [inputs][PANEL]},
 * zero-padded after the last output.
 */
public final class PackedMatrix {

  private final DType dtype;
  private final int outputs;
  private final int inputs;
  private final MemorySegment segment;

  private PackedMatrix(DType dtype, int outputs, int inputs, MemorySegment segment) {
    this.dtype = dtype;
    this.outputs = outputs;
    this.inputs = inputs;
    this.segment = segment;
  }

  /**
   * Packs {@code outputs} rows of {@code inputs} numbers each.
   *
   * @param dtype one of which there are {@link PanelFormats#packed} panels; rows that are not
   *     stored in it are rounded to it
   * @throws IllegalArgumentException if a size is less than 1, {@code inputs} is no whole number of
   *     the dtype's blocks or too large for a panel of 2 GiB, or the dtype cannot hold a number
   */
  public static PackedMatrix pack(
      Arena arena, Workers workers, DType dtype, int outputs, int inputs, RowSource rows) {
    PanelFormat format = PanelFormats.of(dtype);
    if (outputs < 1 || inputs < 1) {
      throw new IllegalArgumentException("cannot pack a matrix of " + outputs + "x" + inputs);
    }
    int panels = panels(outputs);
    if (inputs % format.blockSteps() != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "cannot pack rows of %d as %s, whose blocks have %d",
              inputs,
              dtype,
              format.blockSteps()));
    }
    long panelBytes = format.bytes(inputs);
    if (panelBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "cannot pack rows of " + inputs + ": a panel of them has " + panelBytes + " bytes");
    }
    long rowBytes = dtype.bytes(inputs);
    MemorySegment segment =
        arena.allocate(Math.multiplyExact(panels, panelBytes), Tensor.ALIGNMENT_BYTES);
    workers.run(
        panels,
        1,
        (worker, from, to) -> {
          MemorySegment panelRows = MemorySegment.ofArray(new byte[(int) panelBytes]);
          for (int panel = from; panel < to; panel++) {
            int first = panel * Blocking.PANEL;
            int count = Math.min(Blocking.PANEL, outputs - first);
            for (int row = 0; row < count; row++) {
              rows.encode(first + row, inputs, dtype, panelRows, row * rowBytes);
            }
            panelRows.asSlice(count * rowBytes).fill((byte) 0); // which are zeros in every type
            format.pack(panelRows, inputs, segment, panel * panelBytes);
          }
        });
    return new PackedMatrix(dtype, outputs, inputs, segment);
  }

  /**
   * Panels of floats that somebody else packs, such as memory that serves many matrices in turn.
   *
   * @param segment of {@link #floatBytes}
   * @throws IllegalArgumentException if it has another size
   */
  public static PackedMatrix ofFloats(int outputs, int inputs, MemorySegment segment) {
    if (segment.byteSize() != floatBytes(outputs, inputs)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a segment of %d bytes for a matrix of %dx%d",
              segment.byteSize(),
              outputs,
              inputs));
    }
    return new PackedMatrix(DType.F32, outputs, inputs, segment);
  }

  /** Bytes of a matrix that is packed as floats. */
  public static long floatBytes(int outputs, int inputs) {
    return Math.multiplyExact(panels(outputs), PanelFormats.F32.bytes(inputs));
  }

  /** Packs a row-major tensor {@code [outputs][inputs]}. */
  public static PackedMatrix pack(Arena arena, Workers workers, DType dtype, Tensor matrix) {
    return pack(arena, workers, dtype, matrix.size(0), matrix.size(1), matrix.rowSource());
  }

  private static int panels(int outputs) {
    return Math.ceilDiv(outputs, Blocking.PANEL);
  }

  /** Rows of the matrix: columns of the product. */
  public int outputs() {
    return outputs;
  }

  /** Columns of the matrix: the depth of the product. */
  public int inputs() {
    return inputs;
  }

  /** Bytes of the weights themselves, without padding. */
  public long weightBytes() {
    return dtype.bytes((long) outputs * inputs);
  }

  /** Bytes of the weights of one output. */
  public long rowBytes() {
    return dtype.bytes(inputs);
  }

  /** Writes the inputs of output {@code row}, widened to float, to {@code target}. */
  public void readRow(int row, float[] target) {
    format()
        .readColumn(
            segment, row / Blocking.PANEL * panelBytes(), row % Blocking.PANEL, inputs, target);
  }

  public int panels() {
    return panels(outputs);
  }

  /** Outputs of a panel, without its padding. */
  public int columns(int panel) {
    return Math.min(Blocking.PANEL, outputs - panel * Blocking.PANEL);
  }

  public TiledFormat format() {
    return PanelFormats.of(dtype);
  }

  public long panelBytes() {
    return format().bytes(inputs);
  }

  public MemorySegment segment() {
    return segment;
  }
}
