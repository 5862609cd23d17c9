package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopTextsTest {
  @Test
  void theTextEndsBeforeAStopThatComesInPieces() {
    StopTexts stops = new StopTexts(List.of("###", "\nUser:"));
    assertEquals("Hi", stops.append("Hi\nUs"));
    assertEquals("\nUs", stops.append("#"));
    assertEquals("#a", stops.append("a"));
    assertEquals("", stops.append("\nUser"));
    assertFalse(stops.isReached());
    assertEquals("", stops.append(": x"));
    assertTrue(stops.isReached());
    assertEquals("", stops.append("more"));
    assertEquals("", stops.finish());
  }

  @Test
  void theFirstOfSeveralEndsIt() {
    assertEquals("a", new StopTexts(List.of("c", "b")).append("abc"));
  }

  @Test
  void whatIsHeldBackComesAtTheEnd() {
    StopTexts stops = new StopTexts(List.of("aab"));
    assertEquals("a", stops.append("aaa"));
    assertEquals("aa", stops.finish());
    assertEquals("x", new StopTexts(List.of()).append("x"));
  }

  @Test
  void anEmptyStopIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new StopTexts(List.of("")));
  }
}
