// How far a port that is written has come in its call, whose addresses ascend without a gap: the page of 4 KiB before which the memory has
// acknowledged all. It looks at the port from outside.
module write_frontier #(
  parameter int WIDTH = 512,  // bits of a word
  parameter int BURSTS = 16   // announced and not yet acknowledged
) (
  input  logic        clk,
  input  logic        rst,
  input  logic        begins,  // a call of the process that writes; all of the one before is acknowledged
  input  logic [63:0] awaddr,
  input  logic [7:0]  awlen,
  input  logic        announces,  // the memory takes the address of a burst
  input  logic        acknowledged,
  output logic        known,  // the call has announced a burst
  output logic [51:0] page
);
  localparam int SHIFT = $clog2(WIDTH / 8);
  localparam int BITS = $clog2(BURSTS + 1);
  // Bursts do not cross a border of pages; many end at one.
  wire [8:0]  beats = 9'(awlen) + 9'd1;
  wire [12:0] to = 13'(awaddr[11:0]) + (13'(beats) << SHIFT);
  logic [BURSTS-1:0] borders;  // whether they end at one: announced bursts, the last one lowest
  logic [BITS-1:0]   open;     // of them, those that are not acknowledged
  wire               ends_page = borders[$clog2(BURSTS)'(open - 1'b1)];  // the oldest one
  wire               settles = acknowledged & open != '0;  // what was announced before a reset is not there
  always_ff @(posedge clk) if (announces) borders <= BURSTS'({borders, to[12]});
  always_ff @(posedge clk)
    if (rst) open <= '0;
    else open <= open + BITS'(announces) - BITS'(settles);
  always_ff @(posedge clk)
    if (rst | begins) known <= 1'b0;
    else if (announces) known <= 1'b1;
  always_ff @(posedge clk)
    if (announces & ~known) page <= awaddr[63:12];
    else if (settles & ends_page) page <= page + 52'd1;
  wire unused = ^to[11:0];
endmodule
