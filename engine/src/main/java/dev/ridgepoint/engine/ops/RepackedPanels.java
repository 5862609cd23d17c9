package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.RepackedFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One worker's memory for panels of formats without kernels, repacked to one that has some. */
final class RepackedPanels {
  private MemorySegment segment = MemorySegment.NULL;

  /**
   * Repacks steps of panels, whose format is a {@link RepackedFormat}.
   *
   * @param distance from one panel to the next, in panels
   * @param fromStep a multiple of the format's blocks
   * @return the repacked steps, panel by panel from byte 0, until the next call
   */
  MemorySegment of(PackedMatrix w, int panel, int distance, int panels, int fromStep, int steps) {
    RepackedFormat format = (RepackedFormat) w.format();
    long bytes = format.repacked().bytes(steps);
    if (segment.byteSize() < panels * bytes) {
      segment = Arena.ofAuto().allocate(panels * bytes, Tensor.ALIGNMENT_BYTES);
    }
    for (int i = 0; i < panels; i++) {
      long offset = (panel + (long) i * distance) * w.panelBytes() + format.bytes(fromStep);
      format.repack(w.segment(), offset, steps, segment, i * bytes);
    }
    return segment;
  }
}
