package dev.ridgepoint.estimator.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectiveTest {
  private static final Link NVLINK_4 = new Link("NVLink 4", 450e9, 0);

  /** A ring of ranks with real numbers, where every message is counted. */
  private static final class Ring {
    final int[][] buffers;
    final long[] sentBytes;
    final int ranks;
    final int chunk;
    int rounds;

    Ring(int ranks, int elements, Random random) {
      this.ranks = ranks;
      chunk = Math.ceilDiv(elements, ranks);
      buffers = new int[ranks][chunk * ranks];
      sentBytes = new long[ranks];
      for (int[] buffer : buffers) {
        Arrays.setAll(buffer, i -> random.nextInt(1000));
      }
    }

    /** Everybody at once sends chunk {@code rank - offset} to the next rank. */
    void round(int offset, boolean adds) {
      int[][] messages = new int[ranks][];
      for (int rank = 0; rank < ranks; rank++) {
        int from = Math.floorMod(rank - offset, ranks) * chunk;
        messages[rank] = Arrays.copyOfRange(buffers[rank], from, from + chunk);
        sentBytes[rank] += 4L * chunk;
      }
      for (int rank = 0; rank < ranks; rank++) {
        int to = (rank + 1) % ranks;
        int at = Math.floorMod(rank - offset, ranks) * chunk;
        for (int i = 0; i < chunk; i++) {
          buffers[to][at + i] = messages[rank][i] + (adds ? buffers[to][at + i] : 0);
        }
      }
      rounds++;
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 8", "3, 12", "4, 5", "5, 1", "8, 64", "7, 100"})
  void anAllReduceIsARingOfMessages(int ranks, int elements) {
    Ring ring = new Ring(ranks, elements, new Random(ranks));
    int[] sum = new int[ring.buffers[0].length];
    for (int[] buffer : ring.buffers) {
      Arrays.setAll(sum, i -> sum[i] + buffer[i]);
    }
    for (int offset = 0; offset < ranks - 1; offset++) {
      ring.round(offset, true);
    }
    long scattered = ring.sentBytes[0];
    int scatterRounds = ring.rounds;
    for (int offset = 0; offset < ranks - 1; offset++) {
      ring.round(offset - 1, false);
    }
    for (int rank = 0; rank < ranks; rank++) {
      assertArrayEquals(sum, ring.buffers[rank]);
      assertEquals(Collective.ALL_REDUCE.sentBytes(ranks, bytes(ring)), ring.sentBytes[rank]);
    }
    assertEquals(Collective.REDUCE_SCATTER.sentBytes(ranks, bytes(ring)), scattered);
    assertEquals(
        Collective.ALL_GATHER.sentBytes(ranks, bytes(ring)), ring.sentBytes[0] - scattered);
    assertEquals(Collective.ALL_REDUCE.rounds(ranks), ring.rounds);
    assertEquals(Collective.REDUCE_SCATTER.rounds(ranks), scatterRounds);
    assertEquals(Collective.ALL_GATHER.rounds(ranks), ring.rounds - scatterRounds);
  }

  private static long bytes(Ring ring) {
    return 4L * ring.buffers[0].length;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void anAllToAllSendsAllButItsOwnShare(int ranks) {
    long share = 40;
    long sent = 0;
    int rounds = 0;
    for (int distance = 1; distance < ranks; distance++) {
      sent += share;
      rounds++;
    }
    assertEquals(sent, Collective.ALL_TO_ALL.sentBytes(ranks, ranks * share));
    assertEquals(rounds, Collective.ALL_TO_ALL.rounds(ranks));
  }

  /**
   * Two binary trees, the second the first in reverse order, each with half of the buffer: up to
   * the root and down again, every message counted.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 6, 8, 12, 16, 64, 100})
  void aTreeAllReduceSendsTheBufferTwice(int ranks) {
    long half = 500;
    long[] sent = new long[ranks];
    long deepest = 0;
    for (int rank = 1; rank < ranks; rank++) {
      int depth = 0;
      for (int above = rank; above != 0; above = parent(above, ranks)) {
        depth++;
      }
      deepest = Math.max(deepest, depth);
      int mirrored = ranks - 1 - rank;
      int mirroredParent = ranks - 1 - parent(rank, ranks);
      sent[rank] += half;
      sent[parent(rank, ranks)] += half;
      sent[mirrored] += half;
      sent[mirroredParent] += half;
    }
    long busiest = Arrays.stream(sent).max().orElseThrow();
    assertEquals(2 * (ranks - 1) * 2 * half, Arrays.stream(sent).sum());
    assertTrue(busiest <= Collective.TREE_ALL_REDUCE.sentBytes(ranks, 2 * half));
    assertTrue(ranks < 6 || busiest == Collective.TREE_ALL_REDUCE.sentBytes(ranks, 2 * half));
    assertEquals(Collective.TREE_ALL_REDUCE.rounds(ranks), 2 * deepest);
  }

  /** In-order tree with root 0: a rank's parent has its lowest bit moved up by one. */
  private static int parent(int rank, int ranks) {
    int bit = Integer.lowestOneBit(rank);
    int up = (rank ^ bit) | (bit << 1);
    return up < ranks ? up : rank ^ bit;
  }

  @Test
  void theTreeHasFewerRoundsAndTheRingFewerBytes() {
    assertEquals(126, Collective.ALL_REDUCE.rounds(64));
    assertEquals(12, Collective.TREE_ALL_REDUCE.rounds(64));
    assertTrue(
        Collective.ALL_REDUCE.sentBytes(64, 6400) < Collective.TREE_ALL_REDUCE.sentBytes(64, 6400));
  }

  @Test
  void erratum092AllReduceAndPointToPointOfTheThirdExample() {
    long bytes = 2048L * 8192 * 2;
    assertEquals(50.3, Collective.ALL_REDUCE.sentBytes(4, bytes) / 1e6, 0.05);
    assertEquals(4.03, 80 * Collective.ALL_REDUCE.sentBytes(4, bytes) / 1e9, 0.005);
    assertEquals(8.95, 80 * Collective.ALL_REDUCE.seconds(4, bytes, NVLINK_4) * 1e3, 0.005);
    assertEquals(33.6, bytes / 1e6, 0.05);
    Link infiniband = new Link("InfiniBand", 100e9, 0);
    assertEquals(0.336, Collective.POINT_TO_POINT.seconds(2, bytes, infiniband) * 1e3, 0.0005);
  }

  /** Latencies of InfiniBand are 1 to 2 microseconds, and a ring pays one per round. */
  @Test
  void erratum063LatencyIsPaidInEveryRound() {
    Link infiniband = new Link("InfiniBand", 50e9, 1.5e-6);
    assertEquals(14 * 1.5e-6, Collective.ALL_REDUCE.seconds(8, 0, infiniband), 1e-12);
  }

  @Test
  void aSingleRankSaysNothing() {
    for (Collective collective : Collective.values()) {
      assertEquals(0, collective.sentBytes(1, 1000));
      assertEquals(0, collective.seconds(1, 1000, NVLINK_4));
    }
  }

  @Test
  void theDerivationsTermsAreTheSum() {
    Derivation derivation =
        Collective.ALL_REDUCE.derivation(8, 1_000_000, new Link("link", 1e9, 1e-5));
    assertEquals("all-reduce over link", derivation.quantity());
    assertEquals(
        derivation.value().doubleValue(),
        derivation.terms().stream().mapToDouble(term -> term.value().doubleValue()).sum(),
        1e-15);
  }

  @Test
  void refusesImpossibleFields() {
    assertEquals(
        "collective: ranks must be positive, but is 0",
        assertThrows(InvalidInputException.class, () -> Collective.ALL_REDUCE.sentBytes(0, 1))
            .getMessage());
    assertEquals(
        "collective: bytes must not be negative, but is -1",
        assertThrows(InvalidInputException.class, () -> Collective.ALL_REDUCE.sentBytes(2, -1))
            .getMessage());
    assertEquals(
        "wire: bytesPerSecond must be positive and finite, but is 0.0",
        assertThrows(InvalidInputException.class, () -> new Link("wire", 0, 0)).getMessage());
  }

  /** Short messages are sent to all at once, long ones in parts in two rounds. */
  @ParameterizedTest
  @CsvSource({"2, 1000, true", "8, 1000, true", "8, 10000000, false", "4, 10000000, false"})
  void shortMessagesTakeOneRound(int ranks, long bytes, boolean isOneShotFaster) {
    Link link = new Link("NVLink 4", 450e9, 2e-6);
    double one = Collective.ONE_SHOT_ALL_REDUCE.seconds(ranks, bytes, link);
    double two = Collective.TWO_SHOT_ALL_REDUCE.seconds(ranks, bytes, link);
    assertEquals(2e-6 + (ranks - 1) * bytes / 450e9, one, 1e-15);
    assertEquals(4e-6 + 2.0 * (ranks - 1) * bytes / ranks / 450e9, two, 1e-13);
    assertEquals(isOneShotFaster, one < two);
    // What a ring sends takes two rounds instead of 2 (n - 1).
    assertEquals(
        Collective.ALL_REDUCE.sentBytes(ranks, bytes),
        Collective.TWO_SHOT_ALL_REDUCE.sentBytes(ranks, bytes));
  }
}
