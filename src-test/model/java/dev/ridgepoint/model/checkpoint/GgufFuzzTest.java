package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged headers are refused in one line, or true of their file. */
class GgufFuzzTest {
  private static final int MUTATIONS = 4_000;
  private static final byte[] TELLING = {0, 1, 2, 3, 4, 8, 9, 31, 32, 0x7f, (byte) 0x80, -1};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ok-plain", "ok-unknown-keys", "v2-ok", "ok-align-64"})
  void mutatedHeaderIsRefusedOrTrue(String id) throws IOException {
    byte[] original = read(id);
    int headerBytes = (int) GgufHeader.parse(id, MemorySegment.ofArray(original)).dataOffset();
    SplittableRandom random = new SplittableRandom(id.hashCode());
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = mutate(original, headerBytes, random);
      try {
        assertHolds(GgufHeader.parse(id, MemorySegment.ofArray(mutated)), mutated.length);
      } catch (InvalidInputException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > MUTATIONS / 4, refused + " refused");
    assertTrue(refused < MUTATIONS, "none accepted");
  }

  @Test
  void everyShorterFileIsRefused() throws IOException {
    byte[] original = read("ok-plain");
    GgufHeader header = GgufHeader.parse("whole", MemorySegment.ofArray(original));
    long needed = header.dataOffset() + header.dataBytes();
    for (int length = 0; length < needed; length++) {
      MemorySegment cut = MemorySegment.ofArray(original).asSlice(0, length);
      try {
        GgufHeader.parse("cut", cut);
        throw new AssertionError("accepted with " + length + " bytes");
      } catch (InvalidInputException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
  }

  @Test
  void mutatedModelIsRefusedOrComplete() throws IOException {
    byte[] original = read("ok-plain");
    int headerBytes = (int) GgufHeader.parse("", MemorySegment.ofArray(original)).dataOffset();
    SplittableRandom random = new SplittableRandom(1);
    Path file = folder.resolve("damaged.gguf");
    for (int i = 0; i < 500; i++) {
      Files.write(file, mutate(original, headerBytes, random));
      try (Checkpoint opened = Checkpoint.open(file)) {
        long elements =
            opened.layout().tensors().mapToLong(spec -> opened.tensor(spec).elements()).sum();
        assertEquals(ParameterCount.of(opened.architecture()).total(), elements);
      } catch (InvalidInputException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      }
    }
  }

  private static byte[] read(String id) throws IOException {
    return Files.readAllBytes(TestResources.path("bad/gguf/" + id + ".gguf"));
  }

  private static byte[] mutate(byte[] original, int headerBytes, SplittableRandom random) {
    int length = random.nextInt(8) == 0 ? random.nextInt(original.length) : original.length;
    byte[] mutated = Arrays.copyOf(original, length);
    for (int edit = 0; edit <= random.nextInt(3) && length > 0; edit++) {
      int at = random.nextInt(Math.min(headerBytes, length));
      mutated[at] =
          random.nextBoolean()
              ? TELLING[random.nextInt(TELLING.length)]
              : (byte) (mutated[at] ^ 1 << random.nextInt(8));
    }
    return mutated;
  }

  /** Tensors lie one behind the other within the file. */
  private static void assertHolds(GgufHeader header, long fileBytes) {
    long position = 0;
    for (TensorInfo tensor : header.tensors().values()) {
      assertTrue(tensor.begin() >= position, tensor.name());
      assertEquals(tensor.dtype().bytes(tensor.elements()), tensor.byteSize());
      position = tensor.end();
    }
    assertEquals(position, header.dataBytes());
    assertTrue(header.dataOffset() + header.dataBytes() <= fileBytes);
  }
}
