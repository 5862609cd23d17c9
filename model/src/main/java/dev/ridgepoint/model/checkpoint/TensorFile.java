package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A file of tensors mapped into memory. Nothing but the header is read until a tensor's elements
 * are. The file must not change while it is open.
 */
public final class TensorFile implements AutoCloseable {
  private static final ValueLayout.OfLong LITTLE_ENDIAN_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LITTLE_ENDIAN_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final FileHeader header;
  private final Arena arena;
  private final MemorySegment data;

  private TensorFile(FileHeader header, Arena arena, MemorySegment data) {
    this.header = header;
    this.arena = arena;
    this.data = data;
  }

  /**
   * Checks the header and maps the data.
   *
   * @throws InvalidInputException if the file cannot be read or its header does not hold
   */
  public static TensorFile open(Path path) {
    return InputFile.read(
        path,
        channel -> {
          FileHeader header = FileHeader.read(path, channel);
          Arena arena = Arena.ofShared();
          try {
            MemorySegment data =
                channel.map(MapMode.READ_ONLY, header.dataOffset(), header.dataBytes(), arena);
            return new TensorFile(header, arena, data);
          } catch (Throwable e) {
            arena.close();
            throw e;
          }
        });
  }

  public FileHeader header() {
    return header;
  }

  /**
   * A view of the mapped tensor, of any alignment. It ends with this file: using it after {@link
   * #close} throws {@link IllegalStateException}.
   *
   * @param info one of this file's {@link FileHeader#tensors}
   * @throws InvalidInputException if the engine has no such type or dimensions
   */
  public Tensor tensor(TensorInfo info) {
    DType dtype =
        info.dtype()
            .engineDType()
            .orElseThrow(
                () ->
                    invalid(
                        info,
                        "dtype %s; %s is needed".formatted(info.dtype(), header.supportedTypes())));
    if (info.shape().stream().anyMatch(dimension -> dimension > Integer.MAX_VALUE)) {
      throw invalid(
          info, "shape %s; dimensions must be below 2^31".formatted(OneLine.of(info.shape() + "")));
    }
    int[] shape = info.shape().stream().mapToInt(Math::toIntExact).toArray();
    return Tensor.of(dtype, data.asSlice(info.begin(), info.byteSize()), shape);
  }

  /**
   * The bytes of a tensor, until {@link #close}.
   *
   * @param info one of this file's {@link FileHeader#tensors}
   * @throws InvalidInputException if it holds another type
   */
  MemorySegment bytes(TensorInfo info, SafetensorsDType dtype) {
    if (info.dtype() != dtype) {
      throw invalid(info, "dtype %s; %s is needed".formatted(info.dtype(), dtype));
    }
    return data.asSlice(info.begin(), info.byteSize());
  }

  /**
   * The numbers of a tensor of integers, of which a file has small ones for shapes.
   *
   * @param info one of this file's {@link FileHeader#tensors}
   * @throws InvalidInputException if it holds no I32 or I64
   */
  List<Long> integers(TensorInfo info) {
    MemorySegment bytes = data.asSlice(info.begin(), info.byteSize());
    long count = info.elements();
    if (info.dtype() == SafetensorsDType.I64) {
      return LongStream.range(0, count)
          .mapToObj(i -> bytes.get(LITTLE_ENDIAN_LONG, i * Long.BYTES))
          .toList();
    }
    if (info.dtype() == SafetensorsDType.I32) {
      return LongStream.range(0, count)
          .mapToObj(i -> (long) bytes.get(LITTLE_ENDIAN_INT, i * Integer.BYTES))
          .toList();
    }
    throw invalid(info, "dtype %s; I32 or I64 is needed".formatted(info.dtype()));
  }

  /** Unmaps the file. */
  @Override
  public void close() {
    arena.close();
  }

  private InvalidInputException invalid(TensorInfo info, String problem) {
    return new InvalidInputException(
        header.source(), "tensor %s has %s".formatted(OneLine.quote(info.name()), problem));
  }
}
