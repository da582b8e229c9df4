module double_values (
  input logic clk, input logic rst, input logic start, output logic done, input logic [7:0] words,
  input logic [63:0] values_data, input logic values_valid, output logic values_ready,
  input logic [63:0] offset_data, input logic offset_valid, output logic offset_ready,
  output logic [63:0] seen_data, output logic seen_valid, input logic seen_ready,
  output logic [63:0] twice_data, output logic twice_valid, input logic twice_ready
);
  logic running;
  logic [7:0] left;
  wire lacks_memory = 1'b0;
  wire lacks_word = running && !(values_valid && offset_valid);
  wire lacks_room = running && !lacks_word && !(seen_ready && twice_ready);
  wire en = running && !lacks_word && !lacks_room;
  assign done = !running;
  assign values_ready = en;
  assign offset_ready = en;
  assign seen_valid = en;
  assign twice_valid = en;
  assign seen_data = twice_data;
  for (genvar lane = 0; lane < 4; lane++) begin : lanes
    // Twice the value and the offset.
    assign twice_data[16 * lane +: 16] = (values_data[16 * lane +: 16] << 1) + offset_data[16 * lane +: 16];
  end
  always_ff @(posedge clk) begin
    if (start) begin
      running <= words != 0;
      left <= words;
    end
    if (en) begin
      left <= left - 1'b1;
      if (left == 1) running <= 1'b0;
    end
    if (rst) running <= 1'b0;
  end
  wire unused = lacks_memory;
endmodule
