package dev.ridgepoint.bench.cli.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextInputTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private static InputStream of(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aPipesTextIsReadToItsEnd() throws IOException {
    assertEquals(Optional.of("größer\n"), TextInput.piped(of("größer\n"), LONG));
    assertEquals(Optional.of("é"), TextInput.piped(of("é"), LONG));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", " \t\n"})
  void blanksAreNothing(String text) throws IOException {
    assertEquals(Optional.empty(), TextInput.piped(of(text), LONG));
  }

  @Test
  void whatIsClosedIsNothing() throws IOException {
    InputStream closed = InputStream.nullInputStream();
    closed.close();
    assertEquals(Optional.empty(), TextInput.piped(closed, LONG));
  }

  /** Who started the program may keep it open for ever. */
  @Test
  void aPipeThatNobodyWritesToIsNotWaitedFor() throws IOException {
    try (PipedInputStream in = new PipedInputStream();
        PipedOutputStream out = new PipedOutputStream(in)) {
      assertEquals(Optional.empty(), TextInput.piped(in, Duration.ofMillis(1)));
      out.flush();
    }
  }

  @Test
  void whatIsNoTextIsRefused() {
    InputStream latin = new ByteArrayInputStream(new byte[] {'a', (byte) 0xE4, 'b'});
    assertThrows(InvalidInputException.class, () -> TextInput.piped(latin, LONG));
  }
}
