package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * A file of tensors mapped into memory. Nothing but the header is read until a tensor's elements
 * are. The file must not change while it is open.
 */
public final class TensorFile implements AutoCloseable {
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
  Tensor tensor(TensorInfo info) {
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

  /** The bytes of a tensor of any type, until {@link #close}. */
  MemorySegment bytes(TensorInfo info) {
    return data.asSlice(info.begin(), info.byteSize());
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
