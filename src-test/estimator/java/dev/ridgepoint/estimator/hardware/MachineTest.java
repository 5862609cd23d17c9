package dev.ridgepoint.estimator.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class MachineTest {
  public static final Machine MACHINE =
      new Machine(
          "Test CPU",
          2,
          512,
          16L << 30,
          List.of(
              new Machine.Peak("F32", 1, 100e9, 98e9), new Machine.Peak("F32", 2, 190e9, 180e9)),
          List.of(
              new Machine.Bandwidth(1, "DRAM", 1L << 30, 10e9, 9e9),
              new Machine.Bandwidth(1, "L1", 16L << 10, 300e9, 290e9),
              new Machine.Bandwidth(1, "L1", 32L << 10, 280e9, 270e9),
              new Machine.Bandwidth(1, "DRAM", 256L << 20, 12e9, 11e9),
              new Machine.Bandwidth(2, "DRAM", 1L << 30, 19e9, 18e9)));

  @TempDir Path folder;

  @Test
  void theRoofOfAModelIsThatOfTheLargestWorkingSet() {
    assertEquals(new Roofline(100e9, 10e9), MACHINE.roofline("F32", 1));
    assertEquals(new Roofline(190e9, 19e9), MACHINE.roofline("F32", 2));
  }

  @Test
  void theRoofOfALevelIsItsBest() {
    assertEquals(List.of("L1", "DRAM"), MACHINE.levels());
    assertEquals(new Roofline(100e9, 300e9), MACHINE.roofline("F32", 1, "L1"));
    assertEquals(new Roofline(100e9, 12e9), MACHINE.roofline("F32", 1, "DRAM"));
  }

  @Test
  void theRoofOfAModelRisesToWhatWasSeen() {
    Machine seen = MACHINE.withMemoryAtLeast(1, 11e9).withMemoryAtLeast(2, 18e9);
    assertEquals(new Roofline(100e9, 11e9), seen.roofline("F32", 1));
    assertEquals(new Roofline(190e9, 19e9), seen.roofline("F32", 2));
    assertEquals(MACHINE.roofline("F32", 1, "DRAM"), seen.roofline("F32", 1, "DRAM"));
  }

  @Test
  void aLevelThatIsNoFasterThanMemoryWasMemory() {
    Machine slowWhenProbed =
        new Machine(
            "Test CPU",
            2,
            512,
            16L << 30,
            MACHINE.peaks(),
            List.of(
                new Machine.Bandwidth(1, "L1", 32L << 10, 300e9, 290e9),
                new Machine.Bandwidth(1, "DRAM", 64L << 20, 30e9, 25e9),
                new Machine.Bandwidth(1, "DRAM", 1L << 30, 29e9, 25e9),
                new Machine.Bandwidth(2, "L1", 64L << 10, 380e9, 290e9),
                new Machine.Bandwidth(2, "L3", 64L << 20, 43e9, 25e9),
                new Machine.Bandwidth(2, "L3", 128L << 20, 35e9, 25e9),
                new Machine.Bandwidth(2, "DRAM", 1L << 30, 33e9, 25e9)));
    assertEquals(List.of("L1", "L3", "DRAM"), slowWhenProbed.levels());
    assertEquals(List.of("L1", "L3", "DRAM"), slowWhenProbed.withMemoryAtLeast(2, 42e9).levels());
    Machine seen = slowWhenProbed.withMemoryAtLeast(2, 55e9);
    assertEquals(List.of("L1", "DRAM"), seen.levels());
    assertEquals(new Roofline(190e9, 55e9), seen.roofline("F32", 2, "DRAM"));
    assertEquals(new Roofline(100e9, 30e9), seen.roofline("F32", 1, "DRAM"));
  }

  @Test
  void whatWasNotMeasuredIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> MACHINE.roofline("F32", 4));
    assertThrows(IllegalArgumentException.class, () -> MACHINE.roofline("BF16", 1));
    assertThrows(IllegalArgumentException.class, () -> MACHINE.roofline("F32", 2, "L1"));
  }

  @Test
  void survivesItsJson() throws IOException {
    assertEquals(MACHINE, Machine.read(write(StrictJson.write(MACHINE))));
  }

  @Test
  void theCalibrationOfItsKernelsAndItsSlotsMayStandBesideIt() throws IOException {
    String json =
        StrictJson.write(MACHINE)
            .replaceFirst("\\{", "{ \"calibration\" : {}, \"instructionSlots\" : {},");
    assertEquals(MACHINE, Machine.read(write(json)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"cores\" : 2 | \"cores\" : 0 | cores",
        "\"cores\" : 2 | \"cores\" : \"2\" | cores",
        "\"cores\" : 2 | \"cores\" : 2.5 | cores",
        "\"cores\" : 2 | \"cores\" : null | cores",
        "\"cores\" : 2, | | cores",
        "\"cores\" : 2 | \"cores\" : 2, \"colour\" : 1 | colour",
        "\"cores\" : 2 | \"cores\" : 2, \"cores\" : 2 | cores",
        "\"cpu\" : \"Test CPU\" | \"cpu\" : \" \" | cpu",
        "1.0E10 | -1.0E10 | bandwidths[0]",
        "9.8E10 | 1.0E12 | peaks[0]",
      })
  void refusesBadFilesInOneLine(String good, String bad, String field) throws IOException {
    String json = StrictJson.write(MACHINE);
    assertTrue(json.contains(good), json);
    Path file = write(json.replace(good, bad == null ? "" : bad));
    String message =
        assertThrows(InvalidInputException.class, () -> Machine.read(file)).getMessage();
    assertTrue(message.startsWith(file.toString()) && message.contains(field), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void refusesAnArrayAndAnEmptyFile() throws IOException {
    for (String json : new String[] {"[]", "", "{}"}) {
      Path file = write(json);
      assertThrows(InvalidInputException.class, () -> Machine.read(file));
    }
  }

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("machine.json"), json);
  }
}
