package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.ridgepoint.engine.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ActivationsTest {
  private final Activations activations = new Activations();
  private final Activation narrow = activations.add(3);
  private final Activation wide = activations.add(100);

  @AfterEach
  void close() {
    activations.close();
  }

  @Test
  void allHaveTheRowsOfTheStep() {
    for (int rows : new int[] {1, 70, 5, 70, 0, 71}) {
      activations.resize(rows);
      assertEquals("F32[" + rows + ", 3]", narrow.tensor().toString());
      assertEquals("F32[" + rows + ", 100]", wide.tensor().toString());
      for (Activation activation : new Activation[] {narrow, wide}) {
        long address = activation.tensor().segment().address();
        assertEquals(0, address % Tensor.ALIGNMENT_BYTES);
      }
    }
  }

  @Test
  void whatIsAddedLaterHasAsManyRows() {
    activations.resize(9);
    activations.resize(4);
    Activation late = activations.add(2);
    assertEquals("F32[4, 2]", late.tensor().toString());
    activations.resize(9);
    assertEquals("F32[9, 2]", late.tensor().toString());
  }

  @Test
  void memoryStaysUnlessMoreIsNeeded() {
    activations.resize(8);
    Tensor tensor = wide.tensor();
    activations.resize(8);
    assertSame(tensor, wide.tensor());
    activations.resize(2);
    assertEquals(tensor.segment().address(), wide.tensor().segment().address());
    activations.resize(8);
    assertEquals(tensor.segment().address(), wide.tensor().segment().address());
  }
}
