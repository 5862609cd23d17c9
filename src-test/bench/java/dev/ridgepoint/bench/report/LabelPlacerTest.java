package dev.ridgepoint.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelPlacerTest {
  private final LabelPlacer placer = new LabelPlacer(0, 0, 200, 100);
  private final Label here = label(50, 50);
  private final Label there = label(50, 80);

  @Test
  void prefersTheFirstCandidate() {
    assertSame(here, placer.place(List.of(here, there)));
  }

  @Test
  void avoidsLabelsMarkersAndLines() {
    placer.avoidLine(0, 48, 200, 48);
    assertSame(there, placer.place(List.of(here, there)));
    placer.avoidMarker(60, 20, 5);
    assertEquals(here, placer.place(List.of(label(55, 22), there, here)));
  }

  @Test
  void givesUpWhereEverythingIsTaken() {
    placer.place(List.of(here));
    assertTrue(placer.placeIfFree(List.of(here)).isEmpty());
    assertTrue(placer.placeIfFree(List.of(label(195, 50))).isEmpty());
    assertSame(there, placer.placeIfFree(List.of(here, there)).orElseThrow());
  }

  @Test
  void rotatedBoxesThatOnlyLookCloseDoNotOverlap() {
    ConvexPolygon rising = ConvexPolygon.rectangle(0, -5, 100, 5).rotate(-45, 0, 0);
    assertTrue(rising.overlaps(ConvexPolygon.rectangle(30, -40, 10, 10)));
    assertFalse(rising.overlaps(ConvexPolygon.rectangle(50, -20, 10, 10)));
    assertFalse(rising.overlaps(ConvexPolygon.line(20, 0, 90, -70)));
    assertTrue(rising.overlaps(ConvexPolygon.line(0, -70, 90, 0)));
  }

  private static Label label(double x, double y) {
    return Label.at(x, y, Label.Anchor.START, 10, "", "label");
  }
}
