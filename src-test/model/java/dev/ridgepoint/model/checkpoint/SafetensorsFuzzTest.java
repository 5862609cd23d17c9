package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged headers are refused in one line or are still true of their file; nothing else happens.
 */
class SafetensorsFuzzTest {
  private static final int MUTATIONS = 4000;
  private static final List<String> TOKENS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "-",
          "0",
          "1e9",
          "9223372036854775807",
          "null",
          "\\u0000",
          "\\ud800",
          "\u00e9",
          "\"dtype\":",
          "\"shape\":[",
          "F32",
          "F64",
          "F4",
          "__metadata__",
          " ",
          "\n",
          "/*",
          "NaN",
          "true");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ok-plain", "ok-metadata", "ok-other-dtypes", "ok-escaped-name"})
  void mutatedHeaderIsRefusedOrTrue(String id) throws IOException {
    byte[] original = Files.readAllBytes(TestResources.path("bad/st/" + id + ".safetensors"));
    int headerBytes =
        Math.toIntExact(ByteBuffer.wrap(original).order(ByteOrder.LITTLE_ENDIAN).getLong());
    byte[] header = Arrays.copyOfRange(original, Long.BYTES, Long.BYTES + headerBytes);
    int dataBytes = original.length - Long.BYTES - headerBytes;
    SplittableRandom random = new SplittableRandom(id.hashCode());
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = mutate(header, random);
      try {
        assertHolds(SafetensorsHeader.parse(id, mutated, dataBytes), dataBytes);
      } catch (InvalidInputException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > MUTATIONS / 2, refused + " refused");
    assertTrue(refused < MUTATIONS, "none accepted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ok-plain", "ok-unaligned"})
  void cutOrDamagedFileIsRefusedOrTrue(String id) throws IOException {
    byte[] original = Files.readAllBytes(TestResources.path("bad/st/" + id + ".safetensors"));
    SplittableRandom random = new SplittableRandom(id.hashCode());
    Path file = folder.resolve("damaged.safetensors");
    for (int i = 0; i < 400; i++) {
      byte[] damaged = Arrays.copyOf(original, random.nextInt(original.length + 16));
      if (random.nextBoolean() && damaged.length > 0) {
        damaged[random.nextInt(Math.min(damaged.length, Long.BYTES))] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      try (TensorFile opened = TensorFile.open(file)) {
        assertHolds(opened.header(), damaged.length - opened.header().dataOffset());
      } catch (InvalidInputException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
  }

  private static byte[] mutate(byte[] header, SplittableRandom random) {
    byte[] mutated = header.clone();
    int edits = 1 + random.nextInt(3);
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(mutated.length);
      switch (random.nextInt(5)) {
        case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutated[at] = (byte) random.nextInt();
        case 2 -> mutated[at] = (byte) ('0' + random.nextInt(10));
        case 3 -> mutated = splice(mutated, at, random.nextInt(8), new byte[0]);
        default -> {
          String token = TOKENS.get(random.nextInt(TOKENS.size()));
          mutated = splice(mutated, at, random.nextInt(4), token.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    return mutated;
  }

  /** {@code bytes} with {@code removed} of them from {@code at} on replaced. */
  private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
    int tail = Math.min(bytes.length, at + removed);
    return ByteBuffer.allocate(at + inserted.length + bytes.length - tail)
        .put(bytes, 0, at)
        .put(inserted)
        .put(bytes, tail, bytes.length - tail)
        .array();
  }

  /** The tensors tile the data exactly. */
  private static void assertHolds(FileHeader header, long dataBytes) {
    long position = 0;
    for (TensorInfo tensor : header.tensors().values()) {
      assertEquals(position, tensor.begin());
      assertEquals(tensor.dtype().bytes(tensor.elements()), tensor.byteSize());
      position = tensor.end();
    }
    assertEquals(dataBytes, position);
  }
}
