package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsHeaderTest {

  @Test
  void tensorsComeInTheOrderOfTheirBytes() {
    SafetensorsHeader header =
        parse(
            """
            {"b":{"data_offsets":[4,12],"shape":[2,2],"dtype":"BF16"},
             "__metadata__":{"format":"pt","note":"a\\nb"},
             "a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},
             "empty":{"dtype":"F32","shape":[3,0],"data_offsets":[4,4]}}\
            """,
            12);
    assertEquals(List.of("a", "empty", "b"), List.copyOf(header.tensors().keySet()));
    assertEquals(
        new TensorInfo("b", SafetensorsDType.BF16, List.of(2L, 2L), 4, 12),
        header.tensors().get("b"));
    assertEquals(Map.of("format", "pt", "note", "a\nb"), header.metadata());
    assertEquals(12, header.dataBytes());
  }

  @Test
  void aFileMayHoldNoTensors() {
    assertTrue(parse("{}   ", 0).tensors().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, 8", "U8, 8", "I8, 8", "F8_E4M3, 8", "F8_E5M2, 8", "F8_E8M0, 8", "I16, 16", "U16, 16",
    "F16, 16", "BF16, 16", "I32, 32", "U32, 32", "F32, 32", "F64, 64", "I64, 64", "U64, 64",
    "C64, 64", "F4, 4", "F6_E2M3, 6", "F6_E3M2, 6"
  })
  void everyTypeHasItsSize(String dtype, long bits) {
    String header = SafetensorsBytes.header(dtype, "[3,8]", 0, 3 * bits);
    TensorInfo tensor = parse(header, 3 * bits).tensors().get("x");
    assertEquals(24, tensor.elements());
    assertEquals(3 * bits, tensor.byteSize());
  }

  @Test
  void packedTypesMustFillWholeBytes() {
    assertRefused(SafetensorsBytes.header("F4", "[3]", 0, 2), 2, "whole bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[-0],\"data_offsets\":[0,0]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[0x1],\"data_offsets\":[0,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[+1],\"data_offsets\":[0,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1e0],\"data_offsets\":[0,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[true],\"data_offsets\":[0,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[null],\"data_offsets\":[0,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[[1]],\"data_offsets\":[0,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}",
        "{'x':{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}\n",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}\u0000",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}} {}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}}",
        "\uFEFF{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},/**/\"__metadata__\":{}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"\\udc00\":{}}",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"__metadata__\":null}",
        "{\"__metadata__\":{\"a\":\"1\",\"\\u0061\":\"2\"},"
            + "\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
      })
  void whatIsNotExactlyTheFormatIsRefused(String header) {
    assertRefused(header, 1, "f: ");
  }

  /** Jackson would take the zero bytes for UTF-16, were it given bytes. */
  @Test
  void headerInUtf16IsRefused() {
    byte[] header =
        SafetensorsBytes.header("U8", "[1]", 0, 1).concat(" ").getBytes(StandardCharsets.UTF_16LE);
    byte[] shortened = Arrays.copyOf(header, header.length - 3);
    assertThrows(InvalidInputException.class, () -> SafetensorsHeader.parse("f", shortened, 1));
  }

  @Test
  void malformedUtf8IsNamedByItsPosition() {
    byte[] header = SafetensorsBytes.header("U8", "[1]", 0, 1).getBytes(StandardCharsets.UTF_8);
    header[2] = (byte) 0xff;
    InvalidInputException refusal =
        assertThrows(InvalidInputException.class, () -> SafetensorsHeader.parse("f", header, 1));
    assertEquals("f: header: not valid UTF-8 at byte 2", refusal.getMessage());
  }

  @Test
  void namesInMessagesStayOnOneLine() {
    String name = "a\\n\\u2028b".repeat(100);
    String header = "{\"" + name + "\":{}}";
    InvalidInputException refusal =
        assertThrows(InvalidInputException.class, () -> parse(header, 0));
    assertEquals(1, refusal.getMessage().lines().count());
    assertTrue(refusal.getMessage().startsWith("f: tensor \"a\\u000a\\u2028ba"));
    assertTrue(refusal.getMessage().length() < 1000);
  }

  private static void assertRefused(String header, long dataBytes, String expected) {
    String message =
        assertThrows(InvalidInputException.class, () -> parse(header, dataBytes)).getMessage();
    assertTrue(message.contains(expected), message);
  }

  private static SafetensorsHeader parse(String header, long dataBytes) {
    return SafetensorsHeader.parse("f", header.getBytes(StandardCharsets.UTF_8), dataBytes);
  }
}
