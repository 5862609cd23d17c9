package dev.ridgepoint.engine.codecs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RowCodecTest {
  private static final long SEED = 7;
  private static final int BLOCK = 32;
  private static final int BLOCKS = 20_000;

  /** Steps that float arithmetic with up to 128 of them adds to an error: a few units in 2^-24. */
  private static final double FLOAT_SLACK = 128 * 0x1p-22;

  /**
   * {@code source.f32} holds zeros, ties, equal extremes of both signs, scales that F16 rounds to a
   * subnormal, to zero and to infinity, and random numbers; the blocks are what {@code
   * quantize_row_q8_0_ref}, {@code quantize_row_q4_0_ref} and {@code quantize_row_q5_0_ref} of ggml
   * 0.5 (libggml-base of node-llama-cpp 3.22.1) made of them.
   */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#quantised")
  void blocksAreThoseOfTheReference(DType dtype) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(resource("source.f32")).order(ByteOrder.LITTLE_ENDIAN);
    float[] source = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(source);
    byte[] golden = resource(dtype.name().toLowerCase(Locale.ROOT) + ".blocks");
    byte[] encoded = encode(dtype.codec(), source);
    for (int block = 0; block < source.length / BLOCK; block++) {
      assertArrayEquals(
          block(golden, block, dtype), block(encoded, block, dtype), "block " + block);
    }
    assertEquals(golden.length, encoded.length);
  }

  /** A number is off by half a step at most, and by what rounding the step to F16 adds. */
  @Test
  void q8ErrsByHalfAStep() {
    forRandomBlocks(
        DType.Q8_0.codec(),
        (source, decoded, from) -> {
          float step = greatest(source, from) / 127;
          for (int i = from; i < from + BLOCK; i++) {
            double steps = Math.abs(source[i]) / step;
            assertEquals(
                source[i], decoded[i], (0.5 + FLOAT_SLACK) * step + (steps + 0.5) * f16Error(step));
          }
        });
  }

  /**
   * As for Q8_0; but on the side of the extreme's opposite the last step is missing, the eighth of
   * Q4_0, so what lies between the seventh and the eighth step from zero there is off by up to one
   * step.
   */
  @ParameterizedTest
  @CsvSource({"Q4_0, 8", "Q5_0, 16"})
  void othersErrByHalfAStepAndOnOneSideByOne(DType dtype, int steps) {
    boolean[] beyondHalf = new boolean[1];
    forRandomBlocks(
        dtype.codec(),
        (source, decoded, from) -> {
          float step = greatest(source, from) / steps;
          for (int i = from; i < from + BLOCK; i++) {
            double fromZero = Math.abs(source[i]) / step;
            double half = (0.5 + FLOAT_SLACK) * step + steps * f16Error(step);
            double error = Math.abs(source[i] - decoded[i]);
            assertTrue(
                error <= half + Math.max(0, fromZero - (steps - 0.5)) * step,
                source[i] + ": " + error);
            beyondHalf[0] |= error > half;
          }
        });
    assertTrue(beyondHalf[0], "no number lay beyond the last step and a half");
  }

  private static double f16Error(float step) {
    return Math.abs(step - (double) Float.float16ToFloat(Float.floatToFloat16(step)));
  }

  /** So a file that is read and written again keeps its blocks. */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#encoded")
  void decodedNumbersAreEncodedAsBefore(DType dtype) {
    RowCodec codec = dtype.codec();
    Random random = new Random(SEED);
    float[] source = new float[BLOCK * 1_000];
    for (int i = 0; i < source.length; i++) {
      source[i] = (float) (random.nextGaussian() * Math.exp(i / BLOCK % 16 - 8));
    }
    byte[] encoded = encode(codec, source);
    float[] decoded = decode(codec, encoded, source.length);
    assertArrayEquals(encoded, encode(codec, decoded));
  }

  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#encoded")
  void touchesNothingButItsBlocks(DType dtype) {
    RowCodec codec = dtype.codec();
    float[] source = {9, 1, -2, 3};
    source = Arrays.copyOf(source, BLOCK + 2);
    source[BLOCK + 1] = 9;
    int bytes = BLOCK / codec.blockElements() * codec.blockBytes();
    byte[] target = new byte[bytes + 2];
    target[0] = 5;
    target[bytes + 1] = 6;
    codec.encode(source, 1, BLOCK, MemorySegment.ofArray(target), 1);
    assertEquals(5, target[0]);
    assertEquals(6, target[bytes + 1]);
    float[] decoded = new float[BLOCK + 2];
    codec.decode(MemorySegment.ofArray(target), 1, BLOCK, decoded, 1);
    assertEquals(0, decoded[0]);
    assertEquals(0, decoded[BLOCK + 1]);
    assertEquals(1, decoded[1], 0.25);
    assertEquals(-2, decoded[2], 0.25);
    assertEquals(3, decoded[3], 0.25);
  }

  private interface BlockCheck {
    void check(float[] source, float[] decoded, int from);
  }

  private static void forRandomBlocks(RowCodec codec, BlockCheck check) {
    Random random = new Random(SEED);
    float[] source = new float[BLOCK * BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
      double size = Math.exp(random.nextDouble(-12, 8)); // some steps are subnormal in F16
      for (int i = 0; i < BLOCK; i++) {
        source[block * BLOCK + i] = (float) (size * random.nextGaussian());
      }
    }
    float[] decoded = decode(codec, encode(codec, source), source.length);
    for (int block = 0; block < BLOCKS; block++) {
      check.check(source, decoded, block * BLOCK);
    }
  }

  private static float greatest(float[] source, int from) {
    float greatest = 0;
    for (int i = from; i < from + BLOCK; i++) {
      greatest = Math.max(greatest, Math.abs(source[i]));
    }
    return greatest;
  }

  private static byte[] encode(RowCodec codec, float[] source) {
    byte[] target = new byte[source.length / codec.blockElements() * codec.blockBytes()];
    codec.encode(source, 0, source.length, MemorySegment.ofArray(target), 0);
    return target;
  }

  private static float[] decode(RowCodec codec, byte[] encoded, int count) {
    float[] decoded = new float[count];
    codec.decode(MemorySegment.ofArray(encoded), 0, count, decoded, 0);
    return decoded;
  }

  private static byte[] block(byte[] bytes, int block, DType dtype) {
    int size = dtype.codec().blockBytes();
    return Arrays.copyOfRange(bytes, block * size, (block + 1) * size);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = RowCodecTest.class.getResourceAsStream("/formats/" + name)) {
      return in.readAllBytes();
    }
  }
}
