package dev.ridgepoint.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.bench.peers.PeersRequest.Kind;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeersRequestTest {

  private static PeersRequest request(Set<Kind> kinds, int prompt, int context) {
    return new PeersRequest(
        kinds,
        List.of(512, 1024),
        List.of(32),
        List.of("tiny"),
        prompt,
        context,
        Set.of(DType.F32),
        Set.of(1),
        Set.of(),
        5,
        false);
  }

  @Test
  void listsAllWorkloads() {
    assertEquals(
        List.of(
            "matmul 512x512x512",
            "matmul 1024x1024x1024",
            "tiny gate_up 32x256x1024",
            "tiny down 32x512x256",
            "prefill 16, tiny",
            "decode at 8, tiny"),
        request(EnumSet.allOf(Kind.class), 16, 8).workloads().stream()
            .map(Workload::label)
            .toList());
  }

  @Test
  void listsNoOthers() {
    assertEquals(
        List.of("decode at 8, tiny"),
        request(EnumSet.of(Kind.DECODE), 16, 8).workloads().stream().map(Workload::label).toList());
  }

  @Test
  void refusesWhatExceedsTheModel() {
    Set<Kind> all = EnumSet.allOf(Kind.class);
    request(all, 512, 511);
    assertThrows(InvalidInputException.class, () -> request(all, 513, 8));
    assertThrows(InvalidInputException.class, () -> request(all, 16, 512));
    assertThrows(InvalidInputException.class, () -> request(all, 0, 8));
  }
}
