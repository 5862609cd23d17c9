package dev.ridgepoint.estimator.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionSpanTest {
  @Test
  void chunksCountFromTheStartOfTheirOwn() {
    AttentionSpan chunks = new AttentionSpan.Chunked(4);
    // positions 3, 4, 5 see 4, 1, 2
    assertEquals(7, chunks.attended(3, 3));
    assertEquals(6, chunks.visible(3, 3));
    assertEquals(3, chunks.kept(3));
    assertEquals(4, chunks.kept(9));
  }

  @Test
  void windowsSlide() {
    AttentionSpan window = new AttentionSpan.Sliding(4);
    // positions 2, 3, 4 see 3, 4, 4, which are 0..4
    assertEquals(11, window.attended(3, 2));
    assertEquals(5, window.visible(3, 2));
    assertEquals(4, window.kept(100));
  }

  @Test
  void aWindowAndAChunkBeyondTheSequenceAreFull() {
    AttentionSpan full = new AttentionSpan.Causal();
    for (AttentionSpan wide :
        List.of(
            new AttentionSpan.Sliding(Integer.MAX_VALUE),
            new AttentionSpan.Chunked(Integer.MAX_VALUE))) {
      assertEquals(full.attended(1000, 500), wide.attended(1000, 500));
      assertEquals(full.visible(1000, 500), wide.visible(1000, 500));
    }
  }

  @Test
  void encodersSeeEverything() {
    assertEquals(49, new AttentionSpan.Bidirectional().attended(7, 0));
  }

  @Test
  void nothingIsNoWindow() {
    assertThrows(IllegalArgumentException.class, () -> new AttentionSpan.Sliding(0));
    assertThrows(IllegalArgumentException.class, () -> new AttentionSpan.Chunked(-1));
  }
}
