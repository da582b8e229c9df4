module store (
  input logic clk, input logic rst, input logic start, output logic done, input logic [7:0] words,
  input logic [63:0] twice_data, input logic twice_valid, output logic twice_ready,
  output logic to_request_valid, input logic to_request_ready,
  output logic [31:0] to_request_word, output logic [31:0] to_request_words,
  output logic [63:0] to_data, output logic to_valid, input logic to_ready
);
  logic running, asked;
  logic [7:0] left;
  wire lacks_word = running && !twice_valid;
  wire lacks_memory = running && twice_valid && !to_ready;
  wire lacks_room = 1'b0;
  wire en = running && twice_valid && to_ready;
  assign done = !running;
  assign to_request_valid = running && !asked;
  assign to_request_word = '0;
  assign to_request_words = 32'(words);
  assign twice_ready = en;
  assign to_valid = running && twice_valid;
  assign to_data = twice_data;
  always_ff @(posedge clk) begin
    if (start) begin
      running <= words != 0;
      left <= words;
      asked <= 1'b0;
    end
    if (to_request_valid && to_request_ready) asked <= 1'b1;
    if (en) begin
      left <= left - 1'b1;
      if (left == 1) running <= 1'b0;
    end
    if (rst) running <= 1'b0;
  end
  wire unused = lacks_word | lacks_memory | lacks_room;
endmodule
