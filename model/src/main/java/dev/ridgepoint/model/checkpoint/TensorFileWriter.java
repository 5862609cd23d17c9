package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Writes a header and tensors behind it, a few megabytes at a time, so that a model of any size
 * passes through. A file is there whole or not at all.
 */
final class TensorFileWriter {
  private static final int SLAB_BYTES = 16 << 20;

  private final Path file;
  private final byte[] header;
  private final List<? extends FileTensor> tensors;
  private final int alignment;
  private final long totalBytes;
  private final Workers workers;
  private final WriteProgress progress;
  private long written;

  /**
   * What is to be written.
   *
   * @param header all bytes before the first tensor
   * @param tensors in the order of their bytes
   * @param alignment what the bytes of each tensor are padded to, with zeros
   */
  TensorFileWriter(
      Path file,
      byte[] header,
      List<? extends FileTensor> tensors,
      int alignment,
      Workers workers,
      WriteProgress progress) {
    this.file = file;
    this.header = header;
    this.tensors = tensors;
    this.alignment = alignment;
    this.workers = workers;
    this.progress = progress;
    totalBytes = tensors.stream().mapToLong(FileTensor::byteSize).reduce(0, Math::addExact);
  }

  /**
   * Writes the file.
   *
   * @throws InvalidInputException if a number does not fit the dtype, or the disk has no room
   * @throws IOException if writing fails; nothing is left behind
   */
  void write() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    requireSpace(Files.getFileStore(folder).getUsableSpace());
    try {
      AtomicOutput.write(file, this::write);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // Such as a full disk: the message does not name the file.
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Refuses what cannot end well before a long run.
   *
   * @param freeBytes as the file system says, at best an estimate
   */
  void requireSpace(long freeBytes) {
    long needed = header.length + totalBytes;
    if (freeBytes < needed) {
      throw new InvalidInputException(
          file.toString(),
          String.format(
              Locale.ROOT, "needs %,d bytes, but only %,d are free there", needed, freeBytes));
    }
  }

  private void write(FileChannel channel) throws IOException {
    writeFully(channel, ByteBuffer.wrap(header));
    progress.bytes(0, totalBytes);
    for (FileTensor tensor : tensors) {
      try (Arena arena = Arena.ofShared()) {
        switch (tensor) {
          case OutputTensor rounded -> write(channel, rounded, arena);
          case PackedTensor packed -> write(channel, packed, arena);
        }
      }
      long padding = Math.ceilDiv(tensor.byteSize(), alignment) * alignment - tensor.byteSize();
      writeFully(channel, ByteBuffer.allocate((int) padding));
    }
  }

  private void write(FileChannel channel, OutputTensor tensor, Arena arena) throws IOException {
    int rows = tensor.rowCount();
    int columns = tensor.columns();
    long rowBytes = tensor.dtype().bytes(columns);
    int slabRows = Math.clamp(SLAB_BYTES / rowBytes, 1, rows);
    Tensor slab = Tensor.allocate(arena, tensor.dtype(), slabRows, columns);
    for (int first = 0; first < rows; first += slabRows) {
      Tensor part = slab.rows(Math.min(slabRows, rows - first));
      part.encode(workers, checked(tensor, first));
      writeFully(channel, part.segment().asByteBuffer());
      written += part.byteSize();
      progress.bytes(written, totalBytes);
    }
  }

  private void write(FileChannel channel, PackedTensor tensor, Arena arena) throws IOException {
    writeFully(channel, tensor.bytes(arena).asByteBuffer());
    written += tensor.byteSize();
    progress.bytes(written, totalBytes);
  }

  /** The rows from {@code first} on, each refused if its numbers do not fit the dtype. */
  private RowSource checked(OutputTensor tensor, int first) {
    int columns = tensor.columns();
    return new RowSource() {
      @Override
      public void read(int row, float[] target, int offset) {
        tensor.rows().read(first + row, target, offset);
      }

      @Override
      public void encode(int row, int count, DType dtype, MemorySegment target, long offset) {
        float[] numbers = new float[columns];
        read(row, numbers, 0);
        float greatest = 0;
        for (float number : numbers) {
          greatest = Math.max(greatest, Math.abs(number));
        }
        if (!dtype.codec().holds(greatest)) {
          throw new InvalidInputException(
              file.toString(),
              String.format(
                  Locale.ROOT,
                  "tensor %s, row %d: %s cannot be stored as %s",
                  OneLine.quote(tensor.name()),
                  first + row,
                  greatest,
                  dtype));
        }
        tensor.rows().encode(first + row, count, dtype, target, offset);
      }
    };
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
